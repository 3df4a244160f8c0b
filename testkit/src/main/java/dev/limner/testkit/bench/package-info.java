/** Figures about this machine: {@code limner bench}. */
@NullMarked
package dev.limner.testkit.bench;

import org.jspecify.annotations.NullMarked;
