/** Simulated raters: what they like, what they say, and the pictures they are shown. */
@NullMarked
package dev.limner.testkit.rating;

import org.jspecify.annotations.NullMarked;
