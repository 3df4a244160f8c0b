/** Counter-based noise: an image's latent is a function of its seed and index alone. */
@NullMarked
package dev.limner.generator.noise;

import org.jspecify.annotations.NullMarked;
