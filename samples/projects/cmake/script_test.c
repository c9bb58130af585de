#include <stdlib.h>
int main(void) { int *top = getenv("NO_SUCH_STACK") ? (int *)1 : 0; return *top; }
