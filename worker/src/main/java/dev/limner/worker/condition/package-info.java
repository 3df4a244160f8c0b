/** Captions of a micro-batch to embeddings. */
@NullMarked
package dev.limner.worker.condition;

import org.jspecify.annotations.NullMarked;
