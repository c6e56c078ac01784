#pragma once

/// Takes from this process every call of the system but those that work with the memory and the open files it has: it can neither
/// open nor connect to anything, nor start or touch another process. There is no way back.
///
/// Gives 0 when that failed. Where the system has no such thing, nothing is taken and it gives 1, too.
int seclude(void);
