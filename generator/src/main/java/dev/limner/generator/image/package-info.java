/** Pixels to PNG or JPEG files with provenance metadata. */
@NullMarked
package dev.limner.generator.image;

import org.jspecify.annotations.NullMarked;
