/** Buffered jobs of the lanes to micro-batches. */
@NullMarked
package dev.limner.worker.schedule;

import org.jspecify.annotations.NullMarked;
