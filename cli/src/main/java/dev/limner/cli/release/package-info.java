/** Feedback and what becomes of it: ratings, rounds of tuning, released models. */
@NullMarked
package dev.limner.cli.release;

import org.jspecify.annotations.NullMarked;
