/** Results, dead letters and offsets in one transaction. */
@NullMarked
package dev.limner.worker.publish;

import org.jspecify.annotations.NullMarked;
