// Typed shims over libpq.
//
// libpq's handles are pointers to incomplete structs, which Swift imports as one and the same `OpaquePointer`: a result
// could be passed for a connection. Here each handle is a struct of its own, and each function a member of it.
#ifndef CULPRIT_LIBPQ_H
#define CULPRIT_LIBPQ_H

#include <libpq-fe.h>
#include <stddef.h>
#include <stdint.h>

#define CPG_NAME(name) __attribute__((swift_name(name)))

typedef struct CPGConnection { PGconn *_Nullable pointer; } CPGConnection;
typedef struct CPGResult { PGresult *_Nullable pointer; } CPGResult;
typedef struct CPGCancel { PGcancel *_Nullable pointer; } CPGCancel;
typedef struct CPGOptions { PQconninfoOption *_Nullable pointer; } CPGOptions;

// MARK: Connecting

/// Connects and blocks until that worked or failed. The keywords and values end with a null.
CPG_NAME("CPGConnection.init(keywords:values:)")
static inline CPGConnection cpg_connect(char *_Nullable const *_Nonnull keywords,
                                        char *_Nullable const *_Nonnull values) {
    return (CPGConnection){PQconnectdbParams((const char *const *)keywords, (const char *const *)values,
                                             /* expand_dbname: */ 1)};
}

CPG_NAME("CPGConnection.finish(self:)")
static inline void cpg_finish(CPGConnection self) { PQfinish(self.pointer); }

CPG_NAME("getter:CPGConnection.isConnected(self:)")
static inline _Bool cpg_is_connected(CPGConnection self) { return PQstatus(self.pointer) == CONNECTION_OK; }

CPG_NAME("getter:CPGConnection.transaction(self:)")
static inline PGTransactionStatusType cpg_transaction(CPGConnection self) {
    return PQtransactionStatus(self.pointer);
}

CPG_NAME("getter:CPGConnection.error(self:)")
static inline const char *_Nullable cpg_error(CPGConnection self) { return PQerrorMessage(self.pointer); }

CPG_NAME("getter:CPGConnection.password(self:)")
static inline const char *_Nullable cpg_password(CPGConnection self) { return PQpass(self.pointer); }

CPG_NAME("getter:CPGConnection.backendProcess(self:)")
static inline int cpg_backend(CPGConnection self) { return PQbackendPID(self.pointer); }

CPG_NAME("getter:CPGConnection.socket(self:)")
static inline int cpg_socket(CPGConnection self) { return PQsocket(self.pointer); }

CPG_NAME("CPGConnection.onNotice(self:_:_:)")
static inline void cpg_on_notice(CPGConnection self, PQnoticeReceiver _Nonnull receiver, void *_Nullable context) {
    PQsetNoticeReceiver(self.pointer, receiver, context);
}

// MARK: Statements

/// Runs a script of any number of statements, without parameters; the result is the last one's.
CPG_NAME("CPGConnection.run(self:_:)")
static inline CPGResult cpg_run(CPGConnection self, const char *_Nonnull script) {
    return (CPGResult){PQexec(self.pointer, script)};
}

CPG_NAME("CPGConnection.prepare(self:name:sql:count:types:)")
static inline CPGResult cpg_prepare(CPGConnection self, const char *_Nonnull name, const char *_Nonnull sql,
                                    int count, const Oid *_Nullable types) {
    return (CPGResult){PQprepare(self.pointer, name, sql, count, types)};
}

/// Executes a prepared statement; the result is in binary.
CPG_NAME("CPGConnection.execute(self:name:count:values:lengths:formats:)")
static inline CPGResult cpg_execute(CPGConnection self, const char *_Nonnull name, int count,
                                    const char *_Nullable const *_Nullable values, const int *_Nullable lengths,
                                    const int *_Nullable formats) {
    return (CPGResult){PQexecPrepared(self.pointer, name, count, values, lengths, formats, 1)};
}

/// Sends a prepared statement and asks for its rows one by one; false on failure.
CPG_NAME("CPGConnection.stream(self:name:count:values:lengths:formats:)")
static inline _Bool cpg_stream(CPGConnection self, const char *_Nonnull name, int count,
                               const char *_Nullable const *_Nullable values, const int *_Nullable lengths,
                               const int *_Nullable formats) {
    return PQsendQueryPrepared(self.pointer, name, count, values, lengths, formats, 1) == 1
        && PQsetSingleRowMode(self.pointer) == 1;
}

/// The next result of what was sent, or null after the last.
CPG_NAME("CPGConnection.nextResult(self:)")
static inline CPGResult cpg_next(CPGConnection self) { return (CPGResult){PQgetResult(self.pointer)}; }

// MARK: COPY

CPG_NAME("CPGConnection.put(self:_:count:)")
static inline _Bool cpg_put(CPGConnection self, const char *_Nullable bytes, int count) {
    return PQputCopyData(self.pointer, bytes, count) == 1;
}

/// Ends a COPY in; with a message, the server throws away what it got and fails with that message.
CPG_NAME("CPGConnection.putEnd(self:failure:)")
static inline _Bool cpg_put_end(CPGConnection self, const char *_Nullable failure) {
    return PQputCopyEnd(self.pointer, failure) == 1;
}

/// The next bytes of a COPY out, to be given to `cpg_free`; -1 after the last, -2 on failure.
CPG_NAME("CPGConnection.get(self:_:)")
static inline int cpg_get(CPGConnection self, char *_Nullable *_Nonnull bytes) {
    return PQgetCopyData(self.pointer, bytes, 0);
}

static inline void cpg_free(void *_Nullable memory) { PQfreemem(memory); }

// MARK: Notifications

/// Reads what has come, without blocking; false when the connection is lost.
CPG_NAME("CPGConnection.consumeInput(self:)")
static inline _Bool cpg_consume(CPGConnection self) { return PQconsumeInput(self.pointer) == 1; }

/// The next notification, to be given to `cpg_free`, or null.
CPG_NAME("CPGConnection.nextNotification(self:)")
static inline PGnotify *_Nullable cpg_notification(CPGConnection self) { return PQnotifies(self.pointer); }

// MARK: Results

CPG_NAME("CPGResult.clear(self:)")
static inline void cpg_clear(CPGResult self) { PQclear(self.pointer); }

CPG_NAME("getter:CPGResult.status(self:)")
static inline ExecStatusType cpg_status(CPGResult self) { return PQresultStatus(self.pointer); }

/// One field of an error or a notice: `PG_DIAG_…`, a character, hence an `int`.
CPG_NAME("CPGResult.field(self:_:)")
static inline const char *_Nullable cpg_field(CPGResult self, int code) {
    return PQresultErrorField(self.pointer, code);
}

CPG_NAME("getter:CPGResult.rowCount(self:)")
static inline int cpg_rows(CPGResult self) { return PQntuples(self.pointer); }

CPG_NAME("getter:CPGResult.columnCount(self:)")
static inline int cpg_columns(CPGResult self) { return PQnfields(self.pointer); }

CPG_NAME("CPGResult.name(self:column:)")
static inline const char *_Nullable cpg_column_name(CPGResult self, int column) { return PQfname(self.pointer, column); }

CPG_NAME("CPGResult.type(self:column:)")
static inline Oid cpg_column_type(CPGResult self, int column) { return PQftype(self.pointer, column); }

CPG_NAME("CPGResult.isNull(self:row:column:)")
static inline _Bool cpg_is_null(CPGResult self, int row, int column) {
    return PQgetisnull(self.pointer, row, column) == 1;
}

CPG_NAME("CPGResult.bytes(self:row:column:)")
static inline const void *_Nullable cpg_bytes(CPGResult self, int row, int column) {
    return PQgetvalue(self.pointer, row, column);
}

CPG_NAME("CPGResult.byteCount(self:row:column:)")
static inline int cpg_count(CPGResult self, int row, int column) { return PQgetlength(self.pointer, row, column); }

/// What was done, such as `INSERT 0 1`.
CPG_NAME("getter:CPGResult.commandTag(self:)")
static inline const char *_Nullable cpg_tag(CPGResult self) { return PQcmdStatus(self.pointer); }

/// The number of rows that the statement touched as digits, or an empty string.
CPG_NAME("getter:CPGResult.affectedRows(self:)")
static inline const char *_Nullable cpg_affected(CPGResult self) { return PQcmdTuples(self.pointer); }

// MARK: Cancelling

CPG_NAME("CPGConnection.makeCancel(self:)")
static inline CPGCancel cpg_cancel_create(CPGConnection self) { return (CPGCancel){PQgetCancel(self.pointer)}; }

/// Asks the server to give up the running statement, over a connection of its own; blocks meanwhile.
CPG_NAME("CPGCancel.send(self:)")
static inline _Bool cpg_cancel_send(CPGCancel self) {
    char error[256];
    return self.pointer != NULL && PQcancel(self.pointer, error, sizeof error) == 1;
}

CPG_NAME("CPGCancel.free(self:)")
static inline void cpg_cancel_free(CPGCancel self) { PQfreeCancel(self.pointer); }

// MARK: Connection strings

/// Parses a connection string or URI; null and a message, to be given to `cpg_free`, when it is malformed.
CPG_NAME("CPGOptions.init(parsing:error:)")
static inline CPGOptions cpg_parse(const char *_Nonnull text, char *_Nullable *_Nonnull error) {
    return (CPGOptions){PQconninfoParse(text, error)};
}

CPG_NAME("CPGOptions.free(self:)")
static inline void cpg_options_free(CPGOptions self) { PQconninfoFree(self.pointer); }

#undef CPG_NAME
#endif
