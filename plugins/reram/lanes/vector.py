"""Eight numbers side by side in vector registers, as a type of numba."""

import operator

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import (
    intrinsic, lower_builtin, lower_cast, models, overload, register_model, type_callable, typeof_impl,
)
from numba.core.typing.templates import AbstractTemplate, infer_global, signature

WIDTH = 8
F = ir.VectorType(ir.DoubleType(), WIDTH)
I = ir.VectorType(ir.IntType(64), WIDTH)
B = ir.VectorType(ir.IntType(1), WIDTH)
FLAGS = ("contract",)

# Without counts of references to arrays: they would cost more than the arithmetic. What is compiled
# so must not allocate.
compiled = njit(cache=True, error_model="numpy", nogil=True, _nrt=False)
inlined = njit(cache=True, error_model="numpy", forceinline=True, _nrt=False)

class LanesType(types.Type):
    def __init__(self): super().__init__("Lanes")
class MaskType(types.Type):
    def __init__(self): super().__init__("Mask")
lanes, mask = LanesType(), MaskType()

@register_model(LanesType)
class LanesModel(models.PrimitiveModel):
    def __init__(self, dmm, fe_type): super().__init__(dmm, fe_type, F)
@register_model(MaskType)
class MaskModel(models.PrimitiveModel):
    def __init__(self, dmm, fe_type): super().__init__(dmm, fe_type, B)

def _splat(builder, value, kind=F):
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    zero = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), zero)

def _as_lanes(context, builder, kind, value):
    if isinstance(kind, LanesType): return value
    return _splat(builder, context.cast(builder, value, kind, types.float64))

def _binary(op, name, result, **kw):
    @infer_global(op)
    class Typed(AbstractTemplate):
        key = op
        def generic(self, args, kws):
            if len(args) == 2 and any(isinstance(a, LanesType) for a in args) and all(isinstance(a, (LanesType, types.Number)) for a in args):
                return signature(result, *args)
    def lower(context, builder, sig, args):
        a, b = (_as_lanes(context, builder, k, v) for k, v in zip(sig.args, args))
        if name in ("fadd","fsub","fmul","fdiv"): return getattr(builder, name)(a, b, flags=FLAGS)
        return builder.fcmp_ordered(name, a, b)
    for s in ((LanesType, LanesType), (LanesType, types.Number), (types.Number, LanesType)):
        lower_builtin(op, *s)(lower)
for op, name in ((operator.add,"fadd"),(operator.sub,"fsub"),(operator.mul,"fmul"),(operator.truediv,"fdiv"),(operator.iadd,"fadd"),(operator.isub,"fsub"),(operator.imul,"fmul")):
    _binary(op, name, lanes)
for op, name in ((operator.lt,"<"),(operator.le,"<="),(operator.gt,">"),(operator.ge,">=")):
    _binary(op, name, mask)

@infer_global(operator.neg)
class Neg(AbstractTemplate):
    key = operator.neg
    def generic(self, args, kws):
        if isinstance(args[0], LanesType): return signature(lanes, lanes)
@lower_builtin(operator.neg, LanesType)
def _neg(context, builder, sig, args): return builder.fneg(args[0])

for op, name in ((operator.and_,"and_"),(operator.or_,"or_")):
    def make(op=op, name=name):
        @infer_global(op)
        class T(AbstractTemplate):
            key = op
            def generic(self, args, kws):
                if all(isinstance(a, MaskType) for a in args): return signature(mask, mask, mask)
        @lower_builtin(op, MaskType, MaskType)
        def low(context, builder, sig, args): return getattr(builder, name)(*args)
    make()
@infer_global(operator.invert)
class Inv(AbstractTemplate):
    key = operator.invert
    def generic(self, args, kws):
        if isinstance(args[0], MaskType): return signature(mask, mask)
@lower_builtin(operator.invert, MaskType)
def _inv(context, builder, sig, args): return builder.not_(args[0])

def _call(builder, name, *args):
    f = cgutils.get_or_insert_function(builder.module, ir.FunctionType(F, [F]*len(args)), f"llvm.{name}.v{WIDTH}f64")
    return builder.call(f, args, fastmath=FLAGS)

def _unary_intrinsic(name):
    @intrinsic
    def f(typingctx, a):
        if not isinstance(a, LanesType): return None
        def codegen(context, builder, sig, args): return _call(builder, name, args[0])
        return lanes(lanes), codegen
    return f
absolute, root, rounded = (_unary_intrinsic(n) for n in ("fabs", "sqrt", "rint"))

def _pair(name):
    @intrinsic
    def f(typingctx, a, b):
        def codegen(context, builder, sig, args):
            x, y = (_as_lanes(context, builder, k, v) for k, v in zip(sig.args, args))
            c = builder.fcmp_ordered(">" if name == "larger" else "<", x, y)
            return builder.select(c, x, y)
        return lanes(a, b), codegen
    return f
larger, smaller = _pair("larger"), _pair("smaller")

@intrinsic
def select(typingctx, m, a, b):
    def codegen(context, builder, sig, args):
        x, y = (_as_lanes(context, builder, k, v) for k, v in zip(sig.args[1:], args[1:]))
        return builder.select(args[0], x, y)
    return lanes(m, a, b), codegen

@intrinsic
def splat(typingctx, a):
    def codegen(context, builder, sig, args):
        return _as_lanes(context, builder, sig.args[0], args[0])
    return lanes(a), codegen

@intrinsic
def any_of(typingctx, m):
    def codegen(context, builder, sig, args):
        bits = builder.bitcast(args[0], ir.IntType(WIDTH))
        return builder.icmp_unsigned("!=", bits, ir.Constant(ir.IntType(WIDTH), 0))
    return types.boolean(m), codegen

@intrinsic
def bits_of(typingctx, m):
    def codegen(context, builder, sig, args):
        return builder.zext(builder.bitcast(args[0], ir.IntType(WIDTH)), ir.IntType(64))
    return types.int64(m), codegen

def _pointer(context, builder, sig, args):
    ary = context.make_array(sig.args[0])(context, builder, args[0])
    kinds = sig.args[1]
    idx = cgutils.unpack_tuple(builder, args[1]) if isinstance(kinds, types.BaseTuple) else [args[1]]
    ks = list(kinds) if isinstance(kinds, types.BaseTuple) else [kinds]
    idx = [context.cast(builder, v, k, types.intp) for v, k in zip(idx, ks)]
    idx.append(context.get_constant(types.intp, 0))
    p = cgutils.get_item_pointer(context, builder, sig.args[0], ary, idx)
    return builder.bitcast(p, F.as_pointer())

@intrinsic
def load(typingctx, array, index):
    def codegen(context, builder, sig, args):
        return builder.load(_pointer(context, builder, sig, args), align=8)
    return lanes(array, index), codegen

@intrinsic
def store(typingctx, array, index, value):
    def codegen(context, builder, sig, args):
        v = _as_lanes(context, builder, sig.args[2], args[2])
        builder.store(v, _pointer(context, builder, sig, args), align=8)
        return context.get_dummy_value()
    return types.void(array, index, value), codegen

@intrinsic
def power_of_two(typingctx, a):
    """2^a of whole numbers in [-1022, 1023]."""
    def codegen(context, builder, sig, args):
        k = builder.fptosi(args[0], I)
        k = builder.add(k, ir.Constant(I, [1023]*WIDTH))
        k = builder.shl(k, ir.Constant(I, [52]*WIDTH))
        return builder.bitcast(k, F)
    return lanes(a), codegen

@intrinsic
def exponent_of(typingctx, a):
    """Return floor(log2(a/sqrt(1/2)))-like exponent so that mantissa in [sqrt(.5), sqrt 2)."""
    def codegen(context, builder, sig, args):
        i = builder.bitcast(args[0], I)
        i = builder.sub(i, ir.Constant(I, [0x3FE6A09E667F3BCD]*WIDTH))
        k = builder.ashr(i, ir.Constant(I, [52]*WIDTH))
        return builder.sitofp(k, F)
    return lanes(a), codegen
@intrinsic
def mantissa_of(typingctx, a):
    def codegen(context, builder, sig, args):
        i = builder.bitcast(args[0], I)
        j = builder.sub(i, ir.Constant(I, [0x3FE6A09E667F3BCD]*WIDTH))
        k = builder.ashr(j, ir.Constant(I, [52]*WIDTH))
        i = builder.sub(i, builder.shl(k, ir.Constant(I, [52]*WIDTH)))
        return builder.bitcast(i, F)
    return lanes(a), codegen

L2E=1.4426950408889634; LN2HI=6.93147180369123816490e-01; LN2LO=1.90821492927058770002e-10
@inlined
def exponential(x):
    """Return eˣ and eˣ − 1, both to rounding; x is cut to [-708, 708]."""
    x = larger(smaller(x, 708.0), -708.0)
    k = rounded(x * L2E)
    r = (x - k * LN2HI) - k * LN2LO
    # Taylor to r^13
    p = splat(1.0/6227020800.0)
    p = p * r + 1.0/479001600.0
    p = p * r + 1.0/39916800.0
    p = p * r + 1.0/3628800.0
    p = p * r + 1.0/362880.0
    p = p * r + 1.0/40320.0
    p = p * r + 1.0/5040.0
    p = p * r + 1.0/720.0
    p = p * r + 1.0/120.0
    p = p * r + 1.0/24.0
    p = p * r + 1.0/6.0
    p = p * r + 0.5
    p = (p * r) * r + r
    s = power_of_two(k)
    return s * p + s, s * p + (s - 1.0)

@inlined
def logarithm(x):
    """log x of x > 0."""
    k = exponent_of(x)
    m = mantissa_of(x)
    f = (m - 1.0) / (m + 1.0)
    s = f * f
    p = splat(2.0/21.0)
    p = p * s + 2.0/19.0
    p = p * s + 2.0/17.0
    p = p * s + 2.0/15.0
    p = p * s + 2.0/13.0
    p = p * s + 2.0/11.0
    p = p * s + 2.0/9.0
    p = p * s + 2.0/7.0
    p = p * s + 2.0/5.0
    p = p * s + 2.0/3.0
    return k * LN2HI + (k * LN2LO + (p * s * f + 2.0 * f))
