// Typed shims over libcurl.
//
// `curl_easy_setopt`, `curl_easy_getinfo` and `curl_multi_setopt` are variadic, which Swift can't call and C can't check:
// a wrong type of argument would be read as another one. Here is one function for each type of argument. Options that are
// meant for one purpose, such as callbacks, are set together.
#ifndef CULPRIT_CCURL_SHIM_H
#define CULPRIT_CCURL_SHIM_H

#include <curl/curl.h>
#include <stddef.h>

#define CCURL_NAME(name) __attribute__((swift_name(name)))

typedef struct CurlEasy { CURL *_Nullable pointer; } CurlEasy;
typedef struct CurlMulti { CURLM *_Nullable pointer; } CurlMulti;

/// Takes bytes of a body or one line of headers: their number is `size * count`, and so is what is returned, unless the
/// transfer is to fail or to pause.
typedef size_t (*CurlSink)(char *_Nullable bytes, size_t size, size_t count, void *_Nullable context);

/// What of `CURL_GLOBAL_…` and `CURL_WRITEFUNC_…` are macros with casts.
static inline CURLcode ccurl_global_init(void) { return curl_global_init(CURL_GLOBAL_ALL); }
static const size_t ccurl_pause = CURL_WRITEFUNC_PAUSE;
static const size_t ccurl_abort = CURL_WRITEFUNC_ERROR;

// MARK: One transfer

/// Swift has an `init()` of its own for C structs, which makes nothing.
CCURL_NAME("CurlEasy.make()")
static inline CurlEasy ccurl_easy(void) { return (CurlEasy){curl_easy_init()}; }

CCURL_NAME("CurlEasy.cleanup(self:)")
static inline void ccurl_easy_cleanup(CurlEasy self) { curl_easy_cleanup(self.pointer); }

CCURL_NAME("CurlEasy.set(self:_:number:)")
static inline CURLcode ccurl_set_number(CurlEasy self, CURLoption option, long number) {
    return curl_easy_setopt(self.pointer, option, number);
}

/// libcurl copies the text.
CCURL_NAME("CurlEasy.set(self:_:text:)")
static inline CURLcode ccurl_set_text(CurlEasy self, CURLoption option, const char *_Nullable text) {
    return curl_easy_setopt(self.pointer, option, text);
}

/// libcurl copies the bytes.
CCURL_NAME("CurlEasy.setBody(self:_:count:)")
static inline CURLcode ccurl_set_body(CurlEasy self, const void *_Nonnull bytes, curl_off_t count) {
    CURLcode code = curl_easy_setopt(self.pointer, CURLOPT_POSTFIELDSIZE_LARGE, count);
    return code ? code : curl_easy_setopt(self.pointer, CURLOPT_COPYPOSTFIELDS, bytes);
}

/// The list must outlive the transfer.
CCURL_NAME("CurlEasy.setHeaders(self:_:)")
static inline CURLcode ccurl_set_headers(CurlEasy self, struct curl_slist *_Nullable headers) {
    return curl_easy_setopt(self.pointer, CURLOPT_HTTPHEADER, headers);
}

/// Whom the body and the headers go to, with `context`.
CCURL_NAME("CurlEasy.setSinks(self:body:header:context:)")
static inline CURLcode ccurl_set_sinks(CurlEasy self, CurlSink _Nonnull body, CurlSink _Nonnull header,
                                       void *_Nonnull context) {
    CURLcode code = curl_easy_setopt(self.pointer, CURLOPT_WRITEFUNCTION, body);
    if (!code) code = curl_easy_setopt(self.pointer, CURLOPT_WRITEDATA, context);
    if (!code) code = curl_easy_setopt(self.pointer, CURLOPT_HEADERFUNCTION, header);
    if (!code) code = curl_easy_setopt(self.pointer, CURLOPT_HEADERDATA, context);
    return code ? code : curl_easy_setopt(self.pointer, CURLOPT_PRIVATE, context);
}

/// Goes on with a transfer that a sink has paused. Calls the sinks.
CCURL_NAME("CurlEasy.resume(self:)")
static inline CURLcode ccurl_resume(CurlEasy self) { return curl_easy_pause(self.pointer, CURLPAUSE_CONT); }

/// A number about the transfer, 0 when there is none.
CCURL_NAME("CurlEasy.number(self:_:)")
static inline long ccurl_number(CurlEasy self, CURLINFO info) {
    long number = 0;
    curl_easy_getinfo(self.pointer, info, &number);
    return number;
}

/// A time of the transfer in microseconds, 0 when there is none.
CCURL_NAME("CurlEasy.microseconds(self:_:)")
static inline curl_off_t ccurl_microseconds(CurlEasy self, CURLINFO info) {
    curl_off_t time = 0;
    curl_easy_getinfo(self.pointer, info, &time);
    return time;
}

// MARK: All transfers

CCURL_NAME("CurlMulti.make()")
static inline CurlMulti ccurl_multi(void) { return (CurlMulti){curl_multi_init()}; }

CCURL_NAME("CurlMulti.set(self:_:number:)")
static inline CURLMcode ccurl_multi_set(CurlMulti self, CURLMoption option, long number) {
    return curl_multi_setopt(self.pointer, option, number);
}

CCURL_NAME("CurlMulti.add(self:_:)")
static inline CURLMcode ccurl_add(CurlMulti self, CurlEasy easy) {
    return curl_multi_add_handle(self.pointer, easy.pointer);
}

CCURL_NAME("CurlMulti.remove(self:_:)")
static inline CURLMcode ccurl_remove(CurlMulti self, CurlEasy easy) {
    return curl_multi_remove_handle(self.pointer, easy.pointer);
}

/// Does what can be done without waiting.
CCURL_NAME("CurlMulti.perform(self:)")
static inline CURLMcode ccurl_perform(CurlMulti self) {
    int running;
    return curl_multi_perform(self.pointer, &running);
}

/// Waits until there is something to do, or someone calls `wakeUp`.
CCURL_NAME("CurlMulti.poll(self:milliseconds:)")
static inline CURLMcode ccurl_poll(CurlMulti self, int milliseconds) {
    return curl_multi_poll(self.pointer, NULL, 0, milliseconds, NULL);
}

/// The one function of a multi handle that any thread may call.
CCURL_NAME("CurlMulti.wakeUp(self:)")
static inline CURLMcode ccurl_wake(CurlMulti self) { return curl_multi_wakeup(self.pointer); }

/// The next transfer that is over, by the context of its sinks, and how it ended; null when there is none.
CCURL_NAME("CurlMulti.nextEnded(self:_:)")
static inline void *_Nullable ccurl_next_ended(CurlMulti self, CURLcode *_Nonnull result) {
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(self.pointer, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        void *context = NULL;
        *result = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
        return context;
    }
    return NULL;
}

#undef CCURL_NAME
#endif
