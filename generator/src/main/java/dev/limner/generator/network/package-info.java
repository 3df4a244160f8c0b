/** Architectures: what a generator reads, makes and is made of, and the layers to make one of. */
@NullMarked
package dev.limner.generator.network;

import org.jspecify.annotations.NullMarked;
