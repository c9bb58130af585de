int audio_open(const char *device, int rate);
int audio_write(int handle, const short *frames, int count);
extern int audio_underruns;

static int play(int handle)
{
    short frames[64] = {0};
    return audio_write(handle, frames, 64);
}

int main(void)
{
    int handle = audio_open("default", 48000);
    return play(handle) + audio_underruns;
}
