/** The trainer killed at every point where something could be lost, counted twice or half seen. */
@NullMarked
package dev.limner.testkit.chaos.trainer;

import org.jspecify.annotations.NullMarked;
