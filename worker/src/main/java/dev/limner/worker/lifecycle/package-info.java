/** How the process lives and ends: the time a shutdown has, and what an {@link java.lang.Error} on any thread means; where a crash matters. */
@NullMarked
package dev.limner.worker.lifecycle;

import org.jspecify.annotations.NullMarked;
