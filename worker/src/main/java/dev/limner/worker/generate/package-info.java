/** Micro-batches to pixels on the device. */
@NullMarked
package dev.limner.worker.generate;

import org.jspecify.annotations.NullMarked;
