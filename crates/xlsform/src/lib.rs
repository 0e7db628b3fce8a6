//! XLSForm sheets (CSV) to an instrument definition, refusing by sheet, row and column what is not supported.
