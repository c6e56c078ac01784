#ifndef ACCOUNTING_DATA_H
#define ACCOUNTING_DATA_H

/// The files of this folder, compiled into the binary. Each is UTF-8 text that ends with a zero byte and lives as long as
/// the program.
const char *_Nonnull accounting_currencies(void);
const char *_Nonnull accounting_standard_chart(void);

#endif
