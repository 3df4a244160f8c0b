/** Whether this worker is alive, started and ready. */
@NullMarked
package dev.limner.worker.health;

import org.jspecify.annotations.NullMarked;
