/** Feedback that was accepted, joined with the images it is about, in a database on disk. */
@NullMarked
package dev.limner.training.replay;

import org.jspecify.annotations.NullMarked;
