def decode(width, height):
    return bytearray(width * height * 4)


pages = []
for page in range(64):
    print("thumbnail %d of 64" % (page + 1), flush=True)
    pages.append(decode(4096, 4096))
