/** The frozen networks that evaluation looks through, and how they are trained. */
@NullMarked
package dev.limner.training.evaluate.extractor;

import org.jspecify.annotations.NullMarked;
