#include "accounting_data.h"

// C can embed a file at once; see docs/decisions/0007.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char currencies[] = {
#embed "currencies.json" suffix(, 0)
};
static const unsigned char standard_chart[] = {
#embed "standard.json" suffix(, 0)
};

const char *_Nonnull accounting_currencies(void) { return (const char *)currencies; }
const char *_Nonnull accounting_standard_chart(void) { return (const char *)standard_chart; }
