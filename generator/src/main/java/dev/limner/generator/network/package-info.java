/** The generator network and the layers it is made of. */
@NullMarked
package dev.limner.generator.network;

import org.jspecify.annotations.NullMarked;
