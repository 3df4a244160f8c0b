/** The limner command: one class a subcommand, and what they share. */
@NullMarked
package dev.limner.cli;

import org.jspecify.annotations.NullMarked;
