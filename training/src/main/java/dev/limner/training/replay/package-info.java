/** Feedback that was accepted, joined with the pictures it is about, in a database on disk. */
@NullMarked
package dev.limner.training.replay;

import org.jspecify.annotations.NullMarked;
