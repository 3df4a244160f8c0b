/** Feedback that was accepted, joined with the pictures it is about, in a database on disk. */
@NullMarked
package dev.limner.trainer.replay;

import org.jspecify.annotations.NullMarked;
