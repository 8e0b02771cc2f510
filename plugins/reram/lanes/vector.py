"""Eight numbers side by side in vector registers, as a type of numba.

Code that is compiled with `compiled` or `inlined` reads like code for single numbers: `load` and
`store` move eight neighbours of an array's last axis, arithmetic and comparisons work on all eight,
and `select` stands for a branch. Processors without registers of eight numbers use several.
"""

import operator
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

WIDTH = 8
NUMBERS = ir.VectorType(ir.DoubleType(), WIDTH)
BITS = ir.VectorType(ir.IntType(64), WIDTH)
TRUTHS = ir.VectorType(ir.IntType(1), WIDTH)
Eight = Any  # eight numbers, to those who check types

# Without counts of references to arrays: they would cost more than the arithmetic. What is compiled
# so must not allocate, and is called by compiled code only.
_njit: Any = njit
compiled = _njit(
    cache=True, error_model="numpy", nogil=True, _nrt=False, no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
)  # fmt: skip
inlined = _njit(cache=True, error_model="numpy", forceinline=True, _nrt=False)


instruction: Any = intrinsic  # to those who check types, its first argument is numba's own


class LanesType(types.Type):
    """The type of eight numbers."""

    def __init__(self) -> None:
        super().__init__("Lanes")


class TruthsType(types.Type):
    """The type of eight truth values, of a comparison."""

    def __init__(self) -> None:
        super().__init__("Truths")


lanes, truths = LanesType(), TruthsType()


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: types.Type) -> None:
        super().__init__(manager, kind, NUMBERS)


@register_model(TruthsType)
class _TruthsModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: types.Type) -> None:
        super().__init__(manager, kind, TRUTHS)


def _lanes(context: Any, builder: Any, kind: types.Type, value: Any) -> Any:
    """Return eight numbers; a single one is repeated."""
    if isinstance(kind, LanesType):
        return value
    number, index = context.cast(builder, value, kind, types.float64), ir.IntType(32)
    undefined = ir.Constant(NUMBERS, ir.Undefined)
    first = builder.insert_element(undefined, number, ir.Constant(index, 0))
    everywhere = ir.Constant(ir.VectorType(index, WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(first, undefined, everywhere)


def _all_lanes(context: Any, builder: Any, sig: Any, args: Any) -> list[Any]:
    return [_lanes(context, builder, k, v) for k, v in zip(sig.args, args, strict=True)]


def _offer(function: Any, result: types.Type, kinds: tuple[Any, ...], of: Any, lower: Any) -> None:
    """Teach numba an operator of the types `kinds`, one of which at least is `of`."""

    class Template(AbstractTemplate):
        key = function

        def generic(self, args: Any, kws: Any) -> Any:
            fits = any(isinstance(a, of) for a in args)
            return signature(result, *args) if fits and _fit(args, of) else None

    teach: Any = infer_global(function)
    teach(Template)
    for each in kinds:
        lower_builtin(function, *each)(lower)


def _fit(args: Any, of: Any) -> bool:
    return all(isinstance(a, of) or (of is LanesType and isinstance(a, types.Number)) for a in args)


PAIRS = ((LanesType, LanesType), (LanesType, types.Number), (types.Number, LanesType))


def _arithmetic(function: Any, name: str) -> None:
    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        # No flags: where a product and a sum may become one operation, the result depends on what
        # a function is inlined into, and code just compiled rounds otherwise than code loaded.
        return getattr(builder, name)(*_all_lanes(context, builder, sig, args))

    _offer(function, lanes, PAIRS, LanesType, lower)


def _comparison(function: Any, name: str) -> None:
    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.fcmp_ordered(name, *_all_lanes(context, builder, sig, args))

    _offer(function, truths, PAIRS, LanesType, lower)


def _logic(function: Any, name: str, count: int) -> None:
    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return getattr(builder, name)(*args)

    _offer(function, truths, ((TruthsType,) * count,), TruthsType, lower)


for _function, _name in (
    (operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):  # fmt: skip
    _arithmetic(_function, _name)
for _function, _name in (
    (operator.lt, "<"), (operator.le, "<="), (operator.gt, ">"), (operator.ge, ">="),
):  # fmt: skip
    _comparison(_function, _name)
for _function, _name, _count in (
    (operator.and_, "and_", 2), (operator.or_, "or_", 2), (operator.invert, "not_", 1),
):  # fmt: skip
    _logic(_function, _name, _count)
_offer(
    operator.neg, lanes, ((LanesType,),), LanesType,
    lambda context, builder, sig, args: builder.fneg(args[0]),
)  # fmt: skip


def _of_hardware(name: str) -> Any:
    @instruction
    def function(typing: Any, a: Any) -> Any:
        def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            kind = ir.FunctionType(NUMBERS, [NUMBERS])
            called = cgutils.get_or_insert_function(
                builder.module, kind, f"llvm.{name}.v{WIDTH}f64"
            )
            return builder.call(called, args)

        return lanes(a), lower

    return function


absolute, root, rounded = (_of_hardware(name) for name in ("fabs", "sqrt", "rint"))


def _extreme(sign: str) -> Any:
    @instruction
    def function(typing: Any, a: Any, b: Any) -> Any:
        def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            x, y = _all_lanes(context, builder, sig, args)
            return builder.select(builder.fcmp_ordered(sign, x, y), x, y)

        return lanes(a, b), lower

    return function


larger, smaller = _extreme(">"), _extreme("<")


@instruction
def select(typing: Any, which: Any, a: Any, b: Any) -> Any:
    """Return a in the lanes where `which` is true, else b."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        x, y = (_lanes(context, builder, sig.args[i], args[i]) for i in (1, 2))
        return builder.select(args[0], x, y)

    return lanes(which, a, b), lower


@instruction
def splat(typing: Any, number: Any) -> Any:
    """Return a number in all lanes."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _lanes(context, builder, sig.args[0], args[0])

    return lanes(number), lower


@instruction
def which_lanes(typing: Any, truth: Any) -> Any:
    """Return an integer whose bit i is set where lane i is true."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], ir.IntType(WIDTH))
        return builder.zext(bits, ir.IntType(64))

    return types.int64(truth), lower


def _place(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    """Return where the eight numbers at an index of an array begin."""
    array = context.make_array(sig.args[0])(context, builder, args[0])
    is_tuple = isinstance(sig.args[1], types.BaseTuple)
    values = cgutils.unpack_tuple(builder, args[1]) if is_tuple else [args[1]]
    kinds = list(sig.args[1]) if is_tuple else [sig.args[1]]
    index = [
        context.cast(builder, value, kind, types.intp)
        for value, kind in zip(values, kinds, strict=True)
    ]
    index.append(context.get_constant(types.intp, 0))
    place = cgutils.get_item_pointer(context, builder, sig.args[0], array, index)
    return builder.bitcast(place, NUMBERS.as_pointer())


@instruction
def load(typing: Any, array: Any, index: Any) -> Any:
    """Return the eight numbers array[index]; the index lacks the last axis."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(_place(context, builder, sig, args), align=8)

    return lanes(array, index), lower


@instruction
def store(typing: Any, array: Any, index: Any, value: Any) -> Any:
    """Write eight numbers to array[index]; the index lacks the last axis."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        numbers = _lanes(context, builder, sig.args[2], args[2])
        builder.store(numbers, _place(context, builder, sig, args), align=8)
        return context.get_dummy_value()

    return types.void(array, index, value), lower


def _constant(value: int) -> Any:
    return ir.Constant(BITS, [value] * WIDTH)


BIAS, FRACTION = 1023, 52  # of the IEEE 754 format
HALF_ROOT = 0x3FE6A09E667F3BCD  # the bits of √½


@instruction
def power_of_two(typing: Any, exponent: Any) -> Any:
    """Return 2^k of whole numbers k from −1022 to 1023."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        biased = builder.add(builder.fptosi(args[0], BITS), _constant(BIAS))
        return builder.bitcast(builder.shl(biased, _constant(FRACTION)), NUMBERS)

    return lanes(exponent), lower


def _exponent(builder: Any, bits: Any) -> Any:
    return builder.ashr(builder.sub(bits, _constant(HALF_ROOT)), _constant(FRACTION))


@instruction
def exponent(typing: Any, number: Any) -> Any:
    """Return the k of x = m 2^k with m from √½ to √2, of positive normal x."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.sitofp(_exponent(builder, builder.bitcast(args[0], BITS)), NUMBERS)

    return lanes(number), lower


@instruction
def mantissa(typing: Any, number: Any) -> Any:
    """Return the m of x = m 2^k with m from √½ to √2, of positive normal x."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], BITS)
        shift = builder.shl(_exponent(builder, bits), _constant(FRACTION))
        return builder.bitcast(builder.sub(bits, shift), NUMBERS)

    return lanes(number), lower
