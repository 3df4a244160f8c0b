/** What this worker counts and times. */
@NullMarked
package dev.limner.worker.metrics;

import org.jspecify.annotations.NullMarked;
