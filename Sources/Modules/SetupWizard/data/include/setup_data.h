#ifndef SETUP_DATA_H
#define SETUP_DATA_H

/// The files of this folder, compiled into the binary. Each is UTF-8 text that ends with a zero byte and lives as long as
/// the program.
const char *_Nonnull setup_countries(void);
const char *_Nonnull setup_languages(void);
const char *_Nonnull setup_records(void);
const char *_Nonnull setup_taxes(void);

#endif
