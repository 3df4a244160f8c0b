/** Simulated raters: what they like, what they say, and the images they are shown. */
@NullMarked
package dev.limner.testkit.rating;

import org.jspecify.annotations.NullMarked;
