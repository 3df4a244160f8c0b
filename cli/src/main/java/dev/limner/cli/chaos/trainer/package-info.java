/** The trainer killed at every point where something could be lost, counted twice or half seen. */
@NullMarked
package dev.limner.cli.chaos.trainer;

import org.jspecify.annotations.NullMarked;
