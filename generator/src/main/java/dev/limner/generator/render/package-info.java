/** Embeddings and seeds to pixels: the generator as a worker or an evaluation uses it. */
@NullMarked
package dev.limner.generator.render;

import org.jspecify.annotations.NullMarked;
