/** Figures about this machine: {@code limner bench}. */
@NullMarked
package dev.limner.cli.bench;

import org.jspecify.annotations.NullMarked;
