/** Model bundles on disk: a manifest and a safetensors file, read with bounds checked. */
@NullMarked
package dev.limner.generator.bundle;

import org.jspecify.annotations.NullMarked;
