#include "setup_data.h"

// C can embed a file at once; see docs/decisions/0007.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char countries[] = {
#embed "countries.json" suffix(, 0)
};
static const unsigned char languages[] = {
#embed "languages.json" suffix(, 0)
};
static const unsigned char records[] = {
#embed "records.json" suffix(, 0)
};
static const unsigned char taxes[] = {
#embed "taxes.json" suffix(, 0)
};

const char *_Nonnull setup_countries(void) { return (const char *)countries; }
const char *_Nonnull setup_languages(void) { return (const char *)languages; }
const char *_Nonnull setup_records(void) { return (const char *)records; }
const char *_Nonnull setup_taxes(void) { return (const char *)taxes; }
