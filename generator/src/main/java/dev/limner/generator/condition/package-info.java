/** Captions to sentence embeddings: one caption a call, cached, so that no batch mate changes a number. */
@NullMarked
package dev.limner.generator.condition;

import org.jspecify.annotations.NullMarked;
