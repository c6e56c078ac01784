#ifndef NORTHWIND_H
#define NORTHWIND_H

/// The files of this folder, compiled into the binary so that the demo needs no other. Each is UTF-8 text that ends with
/// a zero byte and lives as long as the program.
const char *_Nonnull northwind_categories(void);
const char *_Nonnull northwind_customers(void);
const char *_Nonnull northwind_employees(void);
const char *_Nonnull northwind_order_details(void);
const char *_Nonnull northwind_orders(void);
const char *_Nonnull northwind_products(void);
const char *_Nonnull northwind_shippers(void);
const char *_Nonnull northwind_suppliers(void);

#endif
