/** The default generator: residual blocks modulated by noise and caption. */
@NullMarked
package dev.limner.generator.network.film;

import org.jspecify.annotations.NullMarked;
