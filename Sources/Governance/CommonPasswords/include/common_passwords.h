#ifndef COMMON_PASSWORDS_H
#define COMMON_PASSWORDS_H

/// The passwords that people choose most: ASCII in lower case, in the order of their bytes, a line feed behind each. They
/// live as long as the program.
const unsigned char *_Nonnull common_passwords(void);
/// How many bytes these are.
long common_passwords_length(void);

#endif
