#include "northwind.h"

// C can embed a file at once, where Swift takes a minute of compiling for these as an array.
#pragma clang diagnostic ignored "-Wc23-extensions"

#define FILE_OF_THIS_FOLDER(name) \
    const char *_Nonnull northwind_##name(void) { return (const char *)name; }

static const unsigned char categories[] = {
#embed "categories.csv" suffix(, 0)
};
static const unsigned char customers[] = {
#embed "customers.csv" suffix(, 0)
};
static const unsigned char employees[] = {
#embed "employees.csv" suffix(, 0)
};
static const unsigned char order_details[] = {
#embed "order_details.csv" suffix(, 0)
};
static const unsigned char orders[] = {
#embed "orders.csv" suffix(, 0)
};
static const unsigned char products[] = {
#embed "products.csv" suffix(, 0)
};
static const unsigned char shippers[] = {
#embed "shippers.csv" suffix(, 0)
};
static const unsigned char suppliers[] = {
#embed "suppliers.csv" suffix(, 0)
};

FILE_OF_THIS_FOLDER(categories)
FILE_OF_THIS_FOLDER(customers)
FILE_OF_THIS_FOLDER(employees)
FILE_OF_THIS_FOLDER(order_details)
FILE_OF_THIS_FOLDER(orders)
FILE_OF_THIS_FOLDER(products)
FILE_OF_THIS_FOLDER(shippers)
FILE_OF_THIS_FOLDER(suppliers)
