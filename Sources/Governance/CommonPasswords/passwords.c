#include "common_passwords.h"

// C can embed a file at once, where Swift takes a minute of compiling for it as an array.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char common[] = {
#embed "common.txt"
};

const unsigned char *_Nonnull common_passwords(void) { return common; }
long common_passwords_length(void) { return sizeof common; }
