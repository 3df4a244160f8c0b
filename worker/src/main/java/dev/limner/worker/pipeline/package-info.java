/** The order of the stages; the only package that knows it. */
@NullMarked
package dev.limner.worker.pipeline;

import org.jspecify.annotations.NullMarked;
