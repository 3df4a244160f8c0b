/** What happens to a record before any stage sees it, and how much of it all is held in memory. */
@NullMarked
package dev.limner.worker.admit;

import org.jspecify.annotations.NullMarked;
