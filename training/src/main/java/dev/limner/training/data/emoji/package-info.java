/** Emoji: code points, names of Unicode in many languages, and the styles of several artists, each an npm package. */
@NullMarked
package dev.limner.training.data.emoji;

import org.jspecify.annotations.NullMarked;
