/** Pixels to encoded pictures with provenance. */
@NullMarked
package dev.limner.worker.encode;

import org.jspecify.annotations.NullMarked;
