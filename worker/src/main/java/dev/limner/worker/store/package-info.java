/** Encoded images to durable, content-addressed objects. */
@NullMarked
package dev.limner.worker.store;

import org.jspecify.annotations.NullMarked;
