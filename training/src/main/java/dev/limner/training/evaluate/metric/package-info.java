/** Numbers about images that have become vectors: no networks, no native memory, every random choice seeded. */
@NullMarked
package dev.limner.training.evaluate.metric;

import org.jspecify.annotations.NullMarked;
