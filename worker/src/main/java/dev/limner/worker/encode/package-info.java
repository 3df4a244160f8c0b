/** Pixels to encoded images with provenance. */
@NullMarked
package dev.limner.worker.encode;

import org.jspecify.annotations.NullMarked;
