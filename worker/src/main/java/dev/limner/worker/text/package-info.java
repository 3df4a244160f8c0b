/** Captions of a micro-batch to embeddings. */
@NullMarked
package dev.limner.worker.text;

import org.jspecify.annotations.NullMarked;
