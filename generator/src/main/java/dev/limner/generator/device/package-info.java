/** Which device a process generates on, and the name of its execution profile. */
@NullMarked
package dev.limner.generator.device;

import org.jspecify.annotations.NullMarked;
