/** Records of the job topics: fetched, decoded, numbered by ownership, paused and resumed. */
@NullMarked
package dev.limner.worker.intake;

import org.jspecify.annotations.NullMarked;
