/** Image files to durable objects, and jobs all of whose images are durable to their results. */
@NullMarked
package dev.limner.worker.store;

import org.jspecify.annotations.NullMarked;
