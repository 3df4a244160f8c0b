/** What this worker runs and how fast, to the workers topic. */
@NullMarked
package dev.limner.worker.status;

import org.jspecify.annotations.NullMarked;
